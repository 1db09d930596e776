/** Words for the log of what was pushed. */
export const pushLog = {
  pushLog: {
    save: 'Guardar el registro de envíos',
    about: 'Qué se escribió, dónde, cuándo y desde qué cuenta: una tabla sin ningún mensaje.',
    file: 'palomar-envios',
    head: {
      when: 'Hora (UTC)',
      account: 'Cuenta',
      conversation: 'Conversación',
      action: 'Qué',
      connection: 'Conexión',
      kind: 'Tipo de ficha',
      record: 'Ficha',
      detail: 'Detalles',
    },
    action: {
      chosen: 'Ficha elegida',
      created: 'Ficha creada',
      adopted: 'Encontrado como ya escrito',
      filled: 'Campos vacíos rellenados',
      changed: 'Campo cambiado',
      written: 'Escrito',
      withdrawn: 'Retirado',
      skipped: 'Omitido',
      converged: 'Llevado a la ficha de otro equipo',
      cancelled: 'Cancelado',
      revealed: 'Números ocultos enviados tal cual',
      forbidden: 'Puesto en «no enviar nunca»',
      allowed: 'Permitido de nuevo',
    },
  },
};

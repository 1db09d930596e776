/** Palabras de la página de una cuenta. Cada pestaña tiene aquí su nombre. */
export const accountPage = {
  accountPage: {
    manage: 'Más de esta cuenta',
    command: 'Cuenta: {account}',
    servicesCommand: 'Servicios, pasarelas y contraseña de {account}',
    gone: 'No existe esa cuenta',
    goneText: 'Se ha quitado. Vuelve a tus cuentas.',
    off: 'Ahora no está conectada',
    offText: 'Cuando la cuenta se conecte, aquí estarán sus servicios y ajustes.',
    plain: 'No hay nada más',
    plainText: 'Esta red no tiene perfil, servicios ni ajustes propios.',
    tabs: 'Partes de la cuenta',
    tab: {
      profile: 'Perfil',
      blocked: 'Bloqueados',
      services: 'Servicios',
      archive: 'Archivo',
      encryption: 'Cifrado',
      connection: 'Conexión',
      console: 'Consola',
    },
  },
};

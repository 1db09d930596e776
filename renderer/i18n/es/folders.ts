/** Carpetas en las que una red guarda conversaciones. */
export const folders = {
  folders: {
    all: 'Todos los espacios',
    unread: '{n} conversación sin leer | {n} conversaciones sin leer',
    browse: 'Qué hay en {name} …',
    sheet: 'En {name}',
    isFolder: 'espacio',
    empty: 'No hay nada que puedas ver.',
    joined: 'Ya estás dentro',
    enterOne: 'Entrar en {name}',
  },
};

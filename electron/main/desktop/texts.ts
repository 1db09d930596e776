/** The few words the shell itself shows. The page has its own (renderer/i18n). */
const english = {
  open: 'Open Palomar',
  quit: 'Quit',
  edit: 'Edit',
  view: 'View',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste as plain text',
  selectAll: 'Select all',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  zoomReset: 'Actual size',
  fullScreen: 'Full screen',
  alert: {
    'signed-out': (network: string) => `${network} is disconnected: messages may be missing. Sign in again in Palomar.`,
    phone: (network: string) => `${network} has not seen your phone for days. Switch it on, or ${network} signs out.`,
    silence: (network: string) => `Nobody has written on ${network} for unusually long. Its bridge may be broken.`,
  },
  networksOut: (count: number) => (count === 1 ? '1 network needs you' : `${count} networks need you`),
  unread: (count: number) => (count === 1 ? '1 unread message' : `${count} unread messages`),
  chooseFolder: 'Choose the folder for pushed conversations',
  cannotStart: 'Palomar cannot start',
  profileInUse: 'Another Palomar is using this profile. Close it and try again.',
  storeTooNew: 'This profile was last used by a newer version of Palomar. Install that version to open it; nothing was changed.',
  pageKeepsFailing: 'The window keeps failing. Your messages are safe; please start Palomar again.',
};

export type ShellTexts = typeof english;

const spanish: ShellTexts = {
  open: 'Abrir Palomar',
  quit: 'Salir',
  edit: 'Edición',
  view: 'Ver',
  undo: 'Deshacer',
  redo: 'Rehacer',
  cut: 'Cortar',
  copy: 'Copiar',
  paste: 'Pegar como texto sin formato',
  selectAll: 'Seleccionar todo',
  zoomIn: 'Aumentar',
  zoomOut: 'Reducir',
  zoomReset: 'Tamaño real',
  fullScreen: 'Pantalla completa',
  alert: {
    'signed-out': (network) => `${network} está desconectado: pueden faltar mensajes. Vuelva a iniciar sesión en Palomar.`,
    phone: (network) => `${network} no ha visto su teléfono desde hace días. Enciéndalo o ${network} cerrará la sesión.`,
    silence: (network) => `Hace más de lo normal que nadie escribe en ${network}. Puede que su puente esté averiado.`,
  },
  networksOut: (count) => (count === 1 ? '1 red le necesita' : `${count} redes le necesitan`),
  unread: (count) => (count === 1 ? '1 mensaje sin leer' : `${count} mensajes sin leer`),
  chooseFolder: 'Elija la carpeta para las conversaciones enviadas',
  cannotStart: 'Palomar no puede iniciarse',
  profileInUse: 'Otro Palomar está usando este perfil. Ciérrelo e inténtelo de nuevo.',
  storeTooNew:
    'Este perfil se usó por última vez con una versión más reciente de Palomar. Instale esa versión para abrirlo; no se ha cambiado nada.',
  pageKeepsFailing: 'La ventana falla una y otra vez. Sus mensajes están a salvo; inicie Palomar de nuevo.',
};

const estonian: ShellTexts = {
  open: 'Ava Palomar',
  quit: 'Välju',
  edit: 'Redigeerimine',
  view: 'Vaade',
  undo: 'Võta tagasi',
  redo: 'Tee uuesti',
  cut: 'Lõika',
  copy: 'Kopeeri',
  paste: 'Kleebi lihttekstina',
  selectAll: 'Vali kõik',
  zoomIn: 'Suurenda',
  zoomOut: 'Vähenda',
  zoomReset: 'Tegelik suurus',
  fullScreen: 'Täisekraan',
  alert: {
    'signed-out': (network) => `${network} on ühenduseta: sõnumeid võib puudu olla. Logi Palomaris uuesti sisse.`,
    phone: (network) => `${network} pole su telefoni päevi näinud. Lülita see sisse, muidu logib ${network} välja.`,
    silence: (network) => `Võrgus ${network} pole ebatavaliselt kaua keegi kirjutanud. Selle sild võib katki olla.`,
  },
  networksOut: (count) => (count === 1 ? '1 võrk vajab sind' : `${count} võrku vajab sind`),
  unread: (count) => (count === 1 ? '1 lugemata sõnum' : `${count} lugemata sõnumit`),
  chooseFolder: 'Vali kaust saadetud vestluste jaoks',
  cannotStart: 'Palomar ei saa käivituda',
  profileInUse: 'Seda profiili kasutab teine Palomar. Sulge see ja proovi uuesti.',
  storeTooNew: 'Seda profiili kasutas viimati Palomari uuem versioon. Selle avamiseks paigalda see versioon; midagi ei muudetud.',
  pageKeepsFailing: 'Aken jookseb korduvalt kokku. Sõnumid on alles; palun käivita Palomar uuesti.',
};

const textsByLanguage: Readonly<Record<string, ShellTexts>> = { en: english, es: spanish, et: estonian };

/**
 * @param chosen the setting: `system` or a language
 * @param system the operating system's locale, such as `es-ES`
 */
export const shellTexts = (chosen: string, system: string): ShellTexts => {
  const language = chosen === 'system' ? system.split('-')[0] : chosen;
  return textsByLanguage[language ?? 'en'] ?? english;
};

/** What the browser shows after the way back: no script, no style, nothing from elsewhere, and nothing of the query. */
const page = (...lines: readonly (readonly [lang: string, text: string])[]): string =>
  ['<!doctype html><meta charset="utf-8"><title>Palomar</title>', ...lines.map(([lang, text]) => `<p lang="${lang}">${text}</p>`)].join('\n');

export const pages = {
  welcome: page(
    ['en', 'You are signed in. You can close this page and go back to Palomar.'],
    ['es', 'Ya has iniciado sesión. Puedes cerrar esta página y volver a Palomar.'],
    ['et', 'Oled sisse logitud. Võid selle lehe sulgeda ja Palomari tagasi minna.'],
  ),
  declined: page(
    ['en', 'Palomar was not let in. You can close this page; Palomar says what was answered.'],
    ['es', 'No se ha dado acceso a Palomar. Puedes cerrar esta página; Palomar dice qué se ha respondido.'],
    ['et', 'Palomari ei lubatud sisse. Võid selle lehe sulgeda; Palomar ütleb, mida vastati.'],
  ),
  unknown: page(
    ['en', 'This is not the answer that Palomar waits for, or it came a second time. Nothing was taken over from it.'],
    ['es', 'Esta no es la respuesta que Palomar espera, o ha llegado por segunda vez. No se ha tomado nada de ella.'],
    ['et', 'See ei ole vastus, mida Palomar ootab, või tuli see teist korda. Sellest ei võetud midagi üle.'],
  ),
} as const;

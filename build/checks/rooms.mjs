/**
 * The rooms and who may import whom: house rules as data. `aliases` are the doors, `packages` the libraries.
 * A longer prefix wins, so `renderer/ui` is a room of its own inside `renderer`.
 */
const node = /^node:/;

export const aliases = {
  '#model': 'bridges/contract',
  '#bridge': 'bridges/contract',
  '#kit': 'bridges/kit',
  '#registry': 'bridges',
  '#rpc': 'electron/contract',
  '#rpc/schemas': 'electron/contract',
};

export const rooms = {
  'bridges/contract': { aliases: [], packages: [] },
  'bridges/kit': { aliases: ['#model', '#bridge'], packages: [node, /^oauth4webapi$/, /^qrcode-generator$/] },
  'bridges/demo': { aliases: ['#model', '#bridge', '#kit'], packages: [node] },
  'bridges/xmpp': { aliases: ['#model', '#bridge', '#kit'], packages: [node, /^saxes$/, /^ws$/] },
  'bridges/matrix': {
    aliases: ['#model', '#bridge', '#kit'],
    packages: [node, /^matrix-js-sdk(\/|$)/, /^@matrix-org\/matrix-sdk-crypto-wasm$/, /^better-sqlite3$/, /^loglevel$/],
  },
  bridges: { aliases: ['#model', '#bridge'], packages: [], mayEnter: ['bridges/demo', 'bridges/xmpp', 'bridges/matrix'] },
  'electron/contract': { aliases: ['#model'], packages: [/^zod$/] },
  'electron/engine': {
    aliases: ['#model', '#bridge', '#kit', '#registry', '#rpc', '#rpc/schemas'],
    packages: [node, /^better-sqlite3$/, /^ws$/, /^libphonenumber-js(\/|$)/, /^nodemailer(\/|$)/, /^zod$/],
  },
  'electron/main': { aliases: ['#rpc', '#model'], packages: [node, /^electron$/] },
  'electron/preload': { aliases: ['#rpc', '#model'], packages: [/^electron$/] },
  'renderer/ui': { aliases: [], packages: [/^vue$/, /^reka-ui$/, /^@lucide\/vue$/, /^@tanstack\/vue-virtual$/] },
  'renderer/rpc': { aliases: ['#rpc', '#model'], packages: [/^vue$/] },
  'renderer/features': {
    aliases: ['#rpc', '#model'],
    onlyTypesFrom: ['#rpc', '#model'],
    packages: [/^vue$/, /^vue-i18n$/, /^reka-ui$/, /^@lucide\/vue$/, /^@tanstack\/vue-virtual$/, /^linkify-it$/],
    mayEnter: ['renderer/ui', 'renderer/rpc', 'renderer/i18n', 'renderer/styles', 'renderer'],
  },
  'renderer/i18n': { aliases: ['#model', '#rpc'], packages: [/^vue$/, /^vue-i18n$/] },
  'renderer/styles': { aliases: [], packages: [/^@fontsource-variable\/inter/] },
  renderer: {
    aliases: ['#rpc', '#model'],
    packages: [/^vue$/, /^vue-i18n$/, /^reka-ui$/, /^@lucide\/vue$/, /^@fontsource-variable\/inter/],
    mayEnter: ['renderer/ui', 'renderer/rpc', 'renderer/features', 'renderer/i18n', 'renderer/styles'],
  },
};

/** The room a file lives in, by the longest matching prefix; null for tests and build scripts. */
export const roomOf = (file) =>
  Object.keys(rooms)
    .filter((room) => file.startsWith(`${room}/`))
    .sort((left, right) => right.length - left.length)[0] ?? null;

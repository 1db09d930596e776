/**
 * Names the font of the first screen in the page itself: it is there before the first layout, which else takes another
 * font, and takes its time to find one, and is done again when ours has come.
 * @param {string} name how the file is called without its hash
 * @returns {import('vite').Plugin}
 */
export function preloadFont(name) {
  return {
    name: 'palomar-preload-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const file = Object.keys(bundle).find((path) => path.includes(`/${name}-`));
        if (file === undefined) return [];
        return [{ tag: 'link', attrs: { rel: 'preload', href: `/${file}`, as: 'font', type: 'font/woff2', crossorigin: true }, injectTo: 'head-prepend' }];
      },
    },
  };
}

/** Starts the built app and says when its list is painted. BENCH_MAIN: path of the built main process. */
const { app } = require('electron');

const listPainted = `new Promise((done) => {
  const look = () => {
    if (document.querySelector('[data-testid="conversation-row"]') === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => done(Date.now()));
  };
  look();
})`;

app.on('web-contents-created', (_event, contents) => {
  contents.once('dom-ready', async () => {
    process.stdout.write(`usable ${await contents.executeJavaScript(listPainted)}\n`);
  });
});
require(process.env.BENCH_MAIN);

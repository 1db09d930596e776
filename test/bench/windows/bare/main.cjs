/** The yardstick of start and memory: the least an Electron program can be, a sandboxed window with one line in it. */
const { app, BrowserWindow } = require('electron');

const nextFrame = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now()))))';

app.enableSandbox();
void app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 1280, height: 820, show: false, webPreferences: { sandbox: true, contextIsolation: true } });
  window.once('ready-to-show', () => window.show());
  await window.loadURL('data:text/html,<title>bare</title><p>bare</p>');
  process.stdout.write(`usable ${await window.webContents.executeJavaScript(nextFrame)}\n`);
});

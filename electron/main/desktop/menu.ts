import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { ShellTexts } from './texts.ts';

/**
 * The application menu. On Windows and Linux its bar stays hidden (Alt shows it) and it gives the usual keys;
 * it holds no developer tools. Pasting is always plain text: styled text from elsewhere could dress up the page.
 */
export const setMenu = (texts: ShellTexts, quit: () => void): void => {
  const edit: MenuItemConstructorOptions[] = [
    { role: 'undo', label: texts.undo },
    { role: 'redo', label: texts.redo },
    { type: 'separator' },
    { role: 'cut', label: texts.cut },
    { role: 'copy', label: texts.copy },
    { role: 'pasteAndMatchStyle', label: texts.paste, accelerator: 'CommandOrControl+Shift+V' },
    { role: 'selectAll', label: texts.selectAll },
  ];
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom', label: texts.zoomReset },
    { role: 'zoomIn', label: texts.zoomIn },
    { role: 'zoomOut', label: texts.zoomOut },
    { type: 'separator' },
    { role: 'togglefullscreen', label: texts.fullScreen },
  ];
  const application: MenuItemConstructorOptions[] = [
    { label: texts.quit, accelerator: 'CommandOrControl+Q', click: quit },
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { label: 'Palomar', submenu: application },
      { label: texts.edit, submenu: edit },
      { label: texts.view, submenu: view },
    ]),
  );
};

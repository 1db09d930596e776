import { drawIcon } from '../icons/draw-icon.mjs';

const appSizes = [16, 32, 48, 64, 128, 256, 512];
const traySizes = [22, 44];

/**
 * Puts the icons beside the built main process, which loads them from there.
 * @returns {import('vite').Plugin}
 */
export function appIcons() {
  return {
    name: 'palomar-app-icons',
    generateBundle() {
      const emit = (name, source) => this.emitFile({ type: 'asset', fileName: `icons/${name}.png`, source });
      for (const size of appSizes) emit(`palomar-${size}`, drawIcon(size));
      for (const size of traySizes) {
        emit(`tray-${size}`, drawIcon(size));
        emit(`tray-unread-${size}`, drawIcon(size, { hasUnread: true }));
      }
    },
  };
}

import { nativeImage, type NativeImage } from 'electron';
import { join } from 'node:path';

/** Beside the built main process; made from build/icons by the build. */
const iconsDir = join(__dirname, 'icons');

export const appIcon = (): NativeImage => nativeImage.createFromPath(join(iconsDir, 'palomar-256.png'));

export const trayIcon = (hasUnread: boolean): NativeImage => {
  const name = hasUnread ? 'tray-unread' : 'tray';
  const image = nativeImage.createFromPath(join(iconsDir, `${name}-22.png`));
  image.addRepresentation({ scaleFactor: 2, buffer: nativeImage.createFromPath(join(iconsDir, `${name}-44.png`)).toPNG() });
  return image;
};

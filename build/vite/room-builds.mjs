/** How each room is built. Main and preload run on Node 18 and Chrome 114 too, the engine on Node 24 only. */
import vue from '@vitejs/plugin-vue';
import { join } from 'node:path';
import { distDir, projectDir } from '../setup/paths.mjs';
import { appIcons } from './app-icons.mjs';
import { narrowSource } from './narrow-source.mjs';
import { preloadFont } from './preload-font.mjs';
import { startChunk } from './start-chunk.mjs';
import { workerEntries } from './worker-entries.mjs';

const shared = { configFile: false, logLevel: 'warn', root: projectDir, publicDir: false };

/** One CommonJS file that needs nothing but Electron and Node. */
const electronBuild = (room, plugins = []) => ({
  ...shared,
  plugins,
  ssr: { noExternal: true, external: ['electron'], target: 'node' },
  build: {
    ssr: true,
    target: 'node18',
    outDir: join(distDir, room),
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: { index: join(projectDir, 'electron', room, 'index.ts') },
      external: ['electron', /^node:/],
      output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
    },
  },
});

/** Native and WebAssembly packages cannot be bundled, nor what is looked for by path; everything else is, which makes the start quick. */
const unbundled = ['better-sqlite3', '@matrix-org/matrix-sdk-crypto-wasm', 'fake-indexeddb', 'bufferutil', 'utf-8-validate'];

const engineBuild = () => ({
  ...shared,
  plugins: [workerEntries(), narrowSource()],
  ssr: { noExternal: true, external: unbundled, target: 'node' },
  build: {
    ssr: true,
    target: 'node24',
    outDir: join(distDir, 'engine'),
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: {
        child: join(projectDir, 'electron/engine/child.ts'),
        serve: join(projectDir, 'electron/engine/serve/main.ts'),
      },
      external: [...unbundled, /^node:/],
      // The same names in every version: what is kept compiled is then replaced and not piled up.
      output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
    },
  },
});

const featureFlags = {
  __VUE_I18N_FULL_INSTALL__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
};

const rendererBuild = () => ({
  ...shared,
  root: join(projectDir, 'renderer'),
  base: '/',
  plugins: [vue(), narrowSource(), preloadFont('inter-latin-wght-normal')],
  define: featureFlags,
  build: {
    target: 'chrome114',
    outDir: join(distDir, 'renderer'),
    emptyOutDir: true,
    // Nothing inline: the Content-Security-Policy allows only files of our own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: {
      output: { codeSplitting: { groups: [startChunk(join(projectDir, 'renderer/main.ts'))] } },
    },
  },
});

/** @type {Readonly<Record<string, () => import('vite').InlineConfig>>} */
export const roomBuilds = Object.freeze({
  main: () => electronBuild('main', [appIcons()]),
  preload: () => electronBuild('preload'),
  engine: engineBuild,
  renderer: rendererBuild,
});

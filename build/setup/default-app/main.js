/* eslint-disable @typescript-eslint/no-require-imports -- Electron loads this file as CommonJS */
/** Stands in for Electron's default app: starts the app folder named as the first word that is no flag. */
const { app } = require('electron');
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const word = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (!word) throw new Error('name the folder of the app');
const folder = resolve(word);
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setAppPath(folder);
app.name = manifest.productName ?? manifest.name;
app.setVersion(manifest.version);
require(join(folder, manifest.main));

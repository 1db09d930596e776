import { fileURLToPath } from 'node:url';
import { pythonEnvironment } from '../core/python-environment.ts';

const requirementsFile = fileURLToPath(new URL('../synapse-requirements.txt', import.meta.url));

/** The Python that has Synapse. It needs Python 3.10 or newer. */
export const synapsePython = (): Promise<string> => pythonEnvironment('synapse', requirementsFile);

import { fileURLToPath } from 'node:url';
import { pythonEnvironment } from '../core/python-environment.ts';

const requirementsFile = fileURLToPath(new URL('./requirements.txt', import.meta.url));

/** The Python that has slidge and matridge. They need Python 3.11 or newer. */
export const slidgePython = (): Promise<string> => pythonEnvironment('slidge', requirementsFile);

import type { TestProject } from 'vitest/node';
import { LabHost } from './lab-host.ts';

/** For vitest's `globalSetup`: one lab for all files of a run (see test/kit/lab.ts). Costs nothing until a file asks. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const host = await LabHost.start();
  project.provide('palomarLab', host.address);
  return () => host.stop();
}

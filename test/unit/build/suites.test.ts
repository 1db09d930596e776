import { expect, it } from 'vitest';
import { aptGroups } from '../../../build/setup/apt-packages.mjs';
import { testFiles } from '../../../build/scripts/suites.mjs';

it('every test file lies in a suite and needs only what the lab knows', () => {
  const files = testFiles();
  expect(files.length).toBeGreaterThan(100);
  for (const { path, suite, groups } of files) {
    expect(suite, path).not.toBeNull();
    for (const group of groups) expect(Object.keys(aptGroups), path).toContain(group);
  }
});

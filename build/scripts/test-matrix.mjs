/**
 * `npm run test:matrix [-- SERVER …] [FILE …]`: runs every test file that says `// servers: any` in its head once
 * against each XMPP server of the lab (prosody 0.12, prosody13, ejabberd), and those of Matrix against a Synapse of the
 * older kind (oldsynapse, without MSC4222). `crm-kills` stands for the conformance of three CRMs with all twenty kills of
 * an engine, of which `npm test` has a few. Prints a table, and in the last line how many passed and failed. A word that
 * is no server chooses the files whose path holds it.
 */
import { ensurePackages } from '../setup/apt-packages.mjs';
import { prepare, runMain, say } from '../setup/prepare.mjs';
import { runSuite, summarise } from './run-suite.mjs';
import { suites, testFiles } from './suites.mjs';

const isForXmpp = (file) => file.isForAnyServer;
const isForMatrix = (file) => file.path.startsWith('test/integration/matrix/');
const isForCrmKills = (file) => /^test\/conformance\/(redmine|request-tracker|odoo)\.test\.ts$/.test(file.path);

/** Which files a server is for, and what tells them to use it. */
const servers = Object.freeze([
  ...['prosody', 'prosody13', 'ejabberd'].map((name) => ({ name, isFor: isForXmpp, env: { PALOMAR_XMPP_SERVER: name } })),
  { name: 'oldsynapse', isFor: isForMatrix, env: { PALOMAR_MSC4222: 'off' } },
  { name: 'crm-kills', isFor: isForCrmKills, env: { PALOMAR_KILLS: '20' } },
]);

runMain(async () => {
  const startedAtMs = Date.now();
  const words = process.argv.slice(2);
  const named = servers.filter(({ name }) => words.includes(name));
  const parts = words.filter((word) => !servers.some(({ name }) => name === word));
  const isWanted = (file) => parts.length === 0 || parts.some((part) => file.path.includes(part));
  const runs = (named.length > 0 ? named : servers)
    .map((server) => ({ ...server, files: testFiles().filter((file) => server.isFor(file) && isWanted(file)) }))
    .filter(({ files }) => files.length > 0);
  if (runs.length === 0) throw new Error(`no test file is for these servers and has ${parts.join(' or ')} in its path`);
  const { node, env } = await prepare();
  const xmpp = runs.some(({ isFor }) => isFor === isForXmpp) ? ['prosody', 'ejabberd'] : [];
  const groups = new Set([...xmpp, ...runs.flatMap(({ files }) => files.flatMap((file) => file.groups))]);
  const packages = await ensurePackages([...groups], { log: say });
  if (!packages.ok) throw new Error(`${packages.reason}\n${packages.line}`);

  const rows = [];
  for (const run of runs) {
    console.log(`\n== ${run.name}`);
    rows.push(await runAgainst(run, { node, env }));
  }
  return conclude(rows, startedAtMs);
});

/** Every file against one server, in the suites they belong to. */
async function runAgainst({ name: server, files, env: choice }, { node, env }) {
  const outcomes = [];
  for (const { name } of suites) {
    const own = new Set(files.filter((file) => file.suite === name).map((file) => file.path));
    if (own.size === 0) continue;
    const others = testFiles().filter((file) => file.suite === name && !own.has(file.path));
    const without = new Set(others.map((file) => file.path));
    outcomes.push(await runSuite(name, { node, env: { ...env, ...choice }, without }));
  }
  return { server, outcomes };
}

function conclude(rows, startedAtMs) {
  const names = [...new Set(rows.flatMap(({ outcomes }) => outcomes.map(({ name }) => name)))];
  const cells = (server, values) => console.log([server.padEnd(12), ...values.map((value) => value.padEnd(24))].join(''));
  console.log('');
  cells('', names);
  for (const { server, outcomes } of rows) {
    cells(
      server,
      names.map((name) => {
        const { passed, failed } = outcomes.find((outcome) => outcome.name === name) ?? { passed: 0, failed: 0 };
        return `${passed} passed, ${failed} failed`;
      }),
    );
  }
  for (const { server, outcomes } of rows) {
    for (const problem of outcomes.flatMap(({ problems }) => problems)) console.log(`  ${server}: ${problem}`);
  }
  const { passed, failed } = summarise(
    [],
    rows.flatMap(({ outcomes }) => outcomes),
  );
  console.log(`\ntook ${Math.round((Date.now() - startedAtMs) / 1000)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

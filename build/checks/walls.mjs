/**
 * The third lock: reads the import graph and fails on a forbidden arrow or a cycle. `checkWalls` is pure, so that
 * tests can show it a forbidden import and see it bite.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { aliases, rooms, roomOf } from './rooms.mjs';

const scriptOf = (file, text) =>
  file.endsWith('.vue')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n')
    : text;

/** Every import of a file: its specifier, and whether only types come through it. */
export const importsOf = (file, text) => {
  const source = ts.createSourceFile(file, scriptOf(file, text), ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const found = [];
  const visit = (node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const clause = ts.isImportDeclaration(node) ? node.importClause : node;
      const elements = clause?.namedBindings?.elements ?? [];
      const isAllInlineTypes = elements.length > 0 && !clause.name && elements.every((element) => element.isTypeOnly);
      found.push({ name: node.moduleSpecifier.text, isTypeOnly: Boolean(clause?.isTypeOnly) || isAllInlineTypes });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteralLike(argument)) found.push({ name: argument.text, isTypeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

const featureOf = (file) => /^renderer\/features\/([^/]+)\//.exec(file)?.[1] ?? null;

const arrowProblem = (file, room, { name, isTypeOnly }) => {
  const rule = rooms[room];
  if (name.startsWith('.')) {
    const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), name.replace(/\?.*$/, '')));
    const targetRoom = roomOf(target);
    if (targetRoom !== room && !rule.mayEnter?.includes(targetRoom ?? '')) return `leaves its room for ${target}`;
    const from = featureOf(file);
    const to = featureOf(target);
    if (from && to && from !== to && !target.endsWith('/index.ts')) return `reaches into the feature ${to}`;
    return null;
  }
  if (name.startsWith('#')) {
    if (!Object.hasOwn(aliases, name)) return `unknown door ${name}`;
    if (!rule.aliases.includes(name)) return `may not use ${name}`;
    if (rule.onlyTypesFrom?.includes(name) && !isTypeOnly) return `may take only types from ${name}`;
    return null;
  }
  return rule.packages.some((allowed) => allowed.test(name)) ? null : `may not use the package ${name}`;
};

/** Value imports only: a cycle of types is harmless, a cycle of values is an order-of-loading bug. */
const findCycle = (graph) => {
  const state = new Map();
  const trail = [];
  const walk = (file) => {
    if (state.get(file) === 'done') return null;
    if (state.get(file) === 'open') return [...trail.slice(trail.indexOf(file)), file];
    state.set(file, 'open');
    trail.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = walk(next);
      if (cycle) return cycle;
    }
    trail.pop();
    state.set(file, 'done');
    return null;
  };
  for (const file of graph.keys()) {
    const cycle = walk(file);
    if (cycle) return cycle;
  }
  return null;
};

/** @param {Map<string, string>} sources file path → text. @returns {string[]} one line a problem. */
export const checkWalls = (sources) => {
  const problems = [];
  const graph = new Map();
  for (const [file, text] of sources) {
    const room = roomOf(file);
    if (!room) continue;
    const targets = [];
    for (const one of importsOf(file, text)) {
      const problem = arrowProblem(file, room, one);
      if (problem) problems.push(`${file}: ${problem}`);
      if (one.isTypeOnly || !one.name.startsWith('.')) continue;
      targets.push(path.posix.normalize(path.posix.join(path.posix.dirname(file), one.name)));
    }
    graph.set(file, targets);
  }
  const cycle = findCycle(graph);
  if (cycle) problems.push(`cycle: ${cycle.join(' → ')}`);
  return problems;
};

const readTree = (root) => {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const files = list.toString().split('\0').filter((file) => /\.(ts|vue)$/.test(file) && !file.endsWith('.d.ts'));
  return new Map(
    files
      .filter((file) => existsSync(path.join(root, file)) && statSync(path.join(root, file)).isFile())
      .map((file) => [file, readFileSync(path.join(root, file), 'utf8')]),
  );
};

if (process.argv[1] === import.meta.filename) {
  const problems = checkWalls(readTree(process.cwd()));
  for (const problem of problems) console.error(problem);
  console.log(problems.length === 0 ? 'walls: ok' : `walls: ${problems.length} problem(s)`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

/**
 * Puts all that the first screen needs into one file: every file more is one more question to the main process,
 * which has enough to do while the app starts. What is imported on demand stays apart.
 * @param {string} entry absolute path of the page's first module
 * @returns a group for `output.codeSplitting`
 */
export function startChunk(entry) {
  /** @type {Map<string, boolean>} */
  const known = new Map();
  const isNeededAtStart = (id, graph) => {
    if (id === entry) return true;
    const answer = known.get(id);
    if (answer !== undefined) return answer;
    // Modules that import each other in a circle: the way in decides.
    known.set(id, false);
    const importers = graph.getModuleInfo(id)?.importers ?? [];
    const isNeeded = importers.some((importer) => isNeededAtStart(importer, graph));
    if (isNeeded) known.set(id, true);
    else known.delete(id);
    return isNeeded;
  };
  return {
    debugName: 'start',
    name: (id, graph) => (isNeededAtStart(id, graph) ? 'start' : null),
  };
}

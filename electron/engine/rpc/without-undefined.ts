/** A patch without the keys that are there but undefined: those mean "leave it", not "clear it". */
export const withoutUndefined = <Patch extends object>(patch: Patch): Patch =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Patch;

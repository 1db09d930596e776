/**
 * A 32-bit hash of the parts that name something: a fifth of the size of the names it stands for, and much faster
 * to index (docs/decisions/0010-store-keys.md). Two names may share a hash: whoever looks something up by it compares
 * the names too.
 *
 * The steps are MurmurHash3's (Austin Appleby, public domain) on UTF-16 units.
 */
export function hashKey(scope: number, name: string): number {
  let hash = Math.imul(scope, 0x9e3779b1) ^ name.length;
  for (let index = 0; index < name.length; index += 1) {
    let unit = Math.imul(name.charCodeAt(index), 0xcc9e2d51);
    unit = (unit << 15) | (unit >>> 17);
    hash ^= Math.imul(unit, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

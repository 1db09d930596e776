/**
 * A 53-bit hash of the parts that name something, as a safe integer: half the size of the names it stands for
 * and much faster to index (docs/decisions/store-keys.md). Two names may share a hash: whoever looks something up
 * by it compares the names too.
 *
 * The mixing is cyrb53's (public domain, github.com/bryc): two multiplicative hashes and a final avalanche.
 */
export function hashKey(scope: number, name: string): number {
  let first = 0xdeadbeef ^ scope;
  let second = 0x41c6ce57 ^ Math.imul(scope, 0x9e3779b1);
  for (let index = 0; index < name.length; index += 1) {
    const unit = name.charCodeAt(index);
    first = Math.imul(first ^ unit, 2654435761);
    second = Math.imul(second ^ unit, 1597334677);
  }
  first = Math.imul(first ^ (first >>> 16), 2246822507) ^ Math.imul(second ^ (second >>> 13), 3266489909);
  second = Math.imul(second ^ (second >>> 16), 2246822507) ^ Math.imul(first ^ (first >>> 13), 3266489909);
  return 4294967296 * (2097151 & second) + (first >>> 0);
}

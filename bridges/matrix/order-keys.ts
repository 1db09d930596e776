/** Strings that put things into an order: a new one between two others, without touching what stands around it. */

const lowest = 0x20;
const highest = 0x7e;
const longest = 50;
const digits = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * A string of visible ASCII after `low` and before `high` (null: no limit), by code points.
 * Null: there is none of at most 50 signs.
 */
export const orderBetween = (low: string | null, high: string | null): string | null => {
  let made = '';
  let roof = high;
  for (let at = 0; at < longest; at += 1) {
    const floor = low !== null && at < low.length ? low.charCodeAt(at) : lowest - 1;
    const ceiling = roof === null ? highest + 1 : at < roof.length ? roof.charCodeAt(at) : lowest - 1;
    if (ceiling < floor) return null;
    const middle = Math.floor((floor + ceiling) / 2);
    if (middle > floor && middle < ceiling) return made + String.fromCharCode(middle);
    if (floor < lowest) {
      // Ours may be longer than `low`, but must stay below `high`: follow it as long as it leaves no room.
      if (ceiling < lowest) return null;
      made += String.fromCharCode(ceiling);
      if (roof !== null && made === roof) return null;
      continue;
    }
    made += String.fromCharCode(floor);
    if (floor < ceiling) roof = null;
  }
  return null;
};

/** One of many, evenly apart, with room between them. */
const orderAt = (index: number, count: number): string => {
  const places = digits.length ** 4;
  let number = Math.floor((places / (count + 1)) * (index + 1));
  let text = '';
  for (let place = 0; place < 4; place += 1) {
    text = (digits[number % digits.length] ?? '0') + text;
    number = Math.floor(number / digits.length);
  }
  return text;
};

export interface Ordered {
  readonly id: string;
  readonly order: string | null;
}

/**
 * The orders to be written so that `all` (in their present order) have `moved` right before `before`, or at the end.
 * Few of them: mostly the moved one alone. Null: one of the two is not there.
 */
export const ordersAfterMove = (all: readonly Ordered[], moved: string, before: string | null): ReadonlyMap<string, string> | null => {
  const item = all.find(({ id }) => id === moved);
  if (item === undefined || before === moved) return null;
  const others = all.filter(({ id }) => id !== moved);
  const place = before === null ? others.length : others.findIndex(({ id }) => id === before);
  if (place < 0) return null;
  const orders = new Map<string, string>();
  let low: string | null = null;
  // What has no order stands behind everything that has one: up to the moved one all need theirs.
  for (const { id, order } of others.slice(0, place)) {
    const own: string | null = order ?? orderBetween(low, null);
    if (own === null) return renumbered(others, item, place);
    if (order === null) orders.set(id, own);
    low = own;
  }
  const between = orderBetween(low, others[place]?.order ?? null);
  if (between === null) return renumbered(others, item, place);
  orders.set(moved, between);
  return orders;
};

const renumbered = (others: readonly Ordered[], item: Ordered, place: number): ReadonlyMap<string, string> => {
  const sequence = others.toSpliced(place, 0, item);
  return new Map(sequence.map(({ id }, index) => [id, orderAt(index, sequence.length)]));
};

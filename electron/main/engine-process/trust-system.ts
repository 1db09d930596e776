/**
 * Servers of a company often have certificates of the company's own authority, which its computers trust: the engine
 * trusts what the system trusts, beside Node's own list (https://nodejs.org/api/cli.html#node_use_system_ca1).
 */
export const trustSystem = { NODE_USE_SYSTEM_CA: '1' } as const;

export declare const knownBridges: Readonly<Record<string, { readonly kind: 'mautrix' | 'heisenbridge'; readonly port: number }>>;

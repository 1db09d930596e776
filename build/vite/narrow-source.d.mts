interface Context {
  parse(code: string): unknown;
}

export function narrowSource(): {
  readonly name: string;
  readonly generateBundle: {
    readonly order: 'post';
    handler(this: Context, options: object, bundle: Record<string, { readonly type: string; code: string }>): void;
  };
};

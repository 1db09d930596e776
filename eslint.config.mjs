/**
 * The second lock on the walls: what each room may import and which globals exist in it. The first is one
 * tsconfig per room, the third is build/checks/walls.mjs (docs/decisions/0002-walls.md).
 */
import globals from 'globals';
import tseslint from 'typescript-eslint';
import vue from 'eslint-plugin-vue';
import a11y from 'eslint-plugin-vuejs-accessibility';

const noDynamicCode = {
  'no-eval': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
};

/** Files of a room, with what it must not import and which globals it has to do without. */
const room = (files, { forbid = [], banned = [], env = {} }) => ({
  files,
  languageOptions: { globals: env },
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: forbid.map((one) => (one instanceof RegExp ? { regex: one.source } : { group: [one] })) },
    ],
    'no-restricted-globals': ['error', ...banned],
  },
});

const nodeModules = ['node:*', 'fs', 'path', 'crypto', 'child_process', 'net', 'tls', 'http', 'https'];
const dom = ['window', 'document', 'localStorage', 'navigator', 'XMLHttpRequest'];
const nodeGlobals = ['process', 'Buffer', '__dirname', 'require', 'global'];

export default tseslint.config(
  { ignores: ['dist/**', '.cache/**', 'node_modules/**', 'test-results/**', '**/*.d.ts'] },
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  ...a11y.configs['flat/recommended'],
  {
    files: ['**/*.{ts,mts,mjs,vue}'],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: 'module',
      parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...noDynamicCode,
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    files: ['renderer/**/*.vue'],
    languageOptions: { globals: globals.browser },
    rules: {
      'vue/no-v-html': 'error',
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off',
      // Lists follow the APG listbox pattern: the container has the focus and the keys (aria-activedescendant),
      // drops of files belong to a region that is no control. axe checks the result in test/e2e.
      'vuejs-accessibility/click-events-have-key-events': 'off',
      'vuejs-accessibility/interactive-supports-focus': 'off',
      'vuejs-accessibility/no-static-element-interactions': 'off',
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
    },
  },

  room(['bridges/contract/**/*.ts'], { forbid: [/^[^.]/], banned: [...dom, ...nodeGlobals] }),
  room(['electron/contract/**/*.ts'], { forbid: ['electron', 'vue', ...nodeModules], banned: [...dom, ...nodeGlobals] }),
  room(['bridges/kit/**/*.ts'], { forbid: ['#rpc*', '#registry', 'electron', 'better-sqlite3'], banned: dom }),
  room(['bridges/{demo,xmpp,matrix}/**/*.ts'], { forbid: ['#rpc*', '#registry', 'electron', 'vue'], banned: dom }),
  room(['electron/engine/**/*.ts'], { forbid: ['electron', 'vue', 'matrix-js-sdk*', 'saxes'], banned: dom }),
  room(['electron/main/**/*.ts', 'electron/preload/**/*.ts'], {
    forbid: ['better-sqlite3', 'vue', '#bridge', '#kit', '#registry'],
    banned: [],
  }),
  room(['renderer/**/*.{ts,vue}'], {
    forbid: ['electron', 'better-sqlite3', '#bridge', '#kit', '#registry', '#rpc/schemas', ...nodeModules],
    banned: nodeGlobals,
  }),
  room(['renderer/ui/**/*.{ts,vue}'], { forbid: ['#rpc*', '#bridge', ...nodeModules], banned: nodeGlobals }),

  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['build/**/*.mjs', 'test/**/*.{ts,mjs}', 'eslint.config.mjs'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'no-restricted-globals': 'off' },
  },
);

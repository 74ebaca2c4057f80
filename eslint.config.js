import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Rules that every file keeps: types decide, nothing is printed by accident, no promise is forgotten. */
const everywhere = {
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
  ],
  // Interfaces of plain functions are taken apart; the classes are few and take care themselves.
  '@typescript-eslint/unbound-method': 'off',
  // An interface may be asynchronous where one of its implementations is not.
  '@typescript-eslint/require-await': 'off',
  // Numbers in texts are meant as they are shown.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  'no-console': 'error',
  'prefer-const': 'error',
};

/** What deploys reads its environment in one file and leaves the process by one door. */
const deployed = {
  'no-restricted-globals': ['error', { name: 'fetch', message: 'Use the guarded fetch of lambdas/adapters/egress.' }],
  'no-restricted-properties': [
    'error',
    { object: 'process', property: 'env', message: 'Read settings through lambdas/runtime/env.ts.' },
  ],
};

export default defineConfig(
  globalIgnores(['cdk.out/', '.nexus/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: everywhere,
  },
  {
    files: ['lambdas/**/*.ts', 'live/**/*.ts'],
    ignores: ['lambdas/runtime/env.ts', 'live/check.ts'],
    rules: deployed,
  },
  {
    files: ['local/{start,token,fire,queues}.ts', 'live/check.ts', 'bin/**/*.ts', 'bench/**/*.ts', 'test/simulate.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests read answers whose shape is what they assert, and do on purpose what must be survived.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      // node:test collects the promises of its suites itself.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['describe', 'it', 'test'] }] },
      ],
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: {
      globals: { module: 'writable', process: 'readonly', setTimeout: 'readonly', Buffer: 'readonly' },
    },
  },
);

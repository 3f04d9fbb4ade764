import { defineConfig } from 'vite';

/** Where a gateway listens, for `npm run dev`. */
const gateway = process.env.MAGIC_PROXY_URL ?? 'http://127.0.0.1:8001';
const toGateway = { target: gateway, changeOrigin: true, headers: { origin: gateway } };

const proxy = { '/admin': toGateway, '/v1': toGateway, '/tools': toGateway, '/health': toGateway };

/** As the gateway sends it with the page. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const module = (names: string) => new RegExp(`node_modules/(${names})`);

/**
 * Names without hashes: dist/ is committed and compared byte for byte with a rebuild, so its diffs stay
 * readable. The gateway serves every file with an ETag.
 */
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { proxy },
  preview: { proxy, headers: { 'content-security-policy': policy } },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name].js',
        assetFileNames: 'assets/[name][extname]',
        codeSplitting: {
          groups: [
            { name: 'vendor-preact', test: module('preact|@preact') },
            { name: 'vendor-markdown', test: module('marked|dompurify') },
            { name: 'vendor-yaml', test: module('yaml') },
            {
              name: 'vendor-editor',
              test: module(
                '@codemirror/(state|view|commands|language|lint|search|autocomplete|merge)|@lezer/(common|highlight|lr)|style-mod|w3c-keyname|crelt|@marijn',
              ),
            },
            { name: 'vendor-python', test: module('@codemirror/lang-python|@lezer/python') },
            { name: 'vendor-javascript', test: module('@codemirror/lang-javascript|@lezer/javascript') },
            { name: 'vendor-lang-yaml', test: module('@codemirror/lang-yaml|@lezer/yaml') },
            {
              name: 'vendor-lang-markdown',
              test: module('@codemirror/lang-(markdown|html|css)|@lezer/(markdown|html|css)'),
            },
          ],
        },
      },
    },
  },
});

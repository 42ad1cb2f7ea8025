// esbuild reads them.
declare module '*.css';

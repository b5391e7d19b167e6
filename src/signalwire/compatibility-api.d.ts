// The package's `exports` hide its types from TypeScript (TS7016). This gives the compiler the real ones and changes
// nothing at run time.
declare module '@signalwire/compatibility-api' {
  type Package = typeof import('../../node_modules/@signalwire/compatibility-api/compatibility-api.js');
  export const RestClient: Package['RestClient'];
}

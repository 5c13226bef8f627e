import type { Feed } from './feed.js'

/** A file that Power BI Desktop opens with the feed's tables to choose from. It holds one connection and no credential. */
export const powerBiFile = ({ url }: Feed): string =>
  JSON.stringify({ version: '0.1', connections: [{ details: { protocol: 'odata', address: { url } }, mode: 'Import' }] })

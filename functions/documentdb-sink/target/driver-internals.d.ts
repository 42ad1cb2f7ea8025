/** The parts of the MongoDB driver that are not exported: https://github.com/mongodb/node-mongodb-native/blob/v7.9.0/src/cmap/commands.ts */
declare module 'mongodb/lib/cmap/commands.js' {
  /** Documents that go into a section of their own of a message. */
  export class DocumentSequence {
    constructor(field: string);
    /** @param document for monitoring alone; @param bytes documents in BSON, one behind another */
    push(document: object, bytes: Uint8Array): number;
    /** The section as it is sent. */
    toBin(): Uint8Array;
  }
}

/** Keys for purposes other than connections, derived from the deployment's secret key: the same in every replica. */
export abstract class Keys {
  /** 32 bytes for a purpose such as `page-tokens`. */
  abstract derive(purpose: string): Buffer
}

/** An address of this hub as others need it. */
export const absolute = (url: string): string => new URL(url, window.location.origin).href

/** The path of an address of this hub. */
export const pathOf = (url: string): string => new URL(url, window.location.origin).pathname

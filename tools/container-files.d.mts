export function dockerfileFaults(file: string, text: string): string[]
export function composeFaults(file: string, text: string): string[]
export function containerFaults(): string[]

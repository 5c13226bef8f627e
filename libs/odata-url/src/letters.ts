/** True for a Latin letter; capitals and small letters differ by 0x20. */
export const isLetter = (unit: number): boolean => (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a

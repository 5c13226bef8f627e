import type { Position } from './geo-text.js'

/** The ellipsoid of WGS 84: semi-axes in metres and flattening. */
const major = 6_378_137
const flattening = 1 / 298.257223563
const minor = major * (1 - flattening)
/** Mean radius, for the few points for which the ellipsoid's formula does not converge. */
const meanRadius = (2 * major + minor) / 3

const radians = (degrees: number): number => (degrees * Math.PI) / 180

const mostSteps = 200
const enough = 1e-12

/** What one step of the iteration gives: sines and cosines on the auxiliary sphere. */
interface Sphere {
  readonly sinSigma: number
  readonly cosSigma: number
  readonly sigma: number
  readonly cosSquaredAlpha: number
  readonly cosTwoMiddle: number
  readonly sinAlpha: number
}

/**
 * The distance of two positions (longitude, latitude) along the WGS 84 ellipsoid, in metres: Vincenty's inverse formula, exact to a millimetre. Nearly
 * antipodal points, for which it does not converge, get the great-circle distance on the mean sphere (within 0.6 %).
 */
export function geodesicDistance([lon1 = 0, lat1 = 0]: Position, [lon2 = 0, lat2 = 0]: Position): number {
  if (lon1 === lon2 && lat1 === lat2) return 0
  const u1 = Math.atan((1 - flattening) * Math.tan(radians(lat1)))
  const u2 = Math.atan((1 - flattening) * Math.tan(radians(lat2)))
  const longitude = radians(lon2 - lon1)
  let lambda = longitude
  for (let step = 0; step < mostSteps; step++) {
    const sphere = onSphere(u1, u2, lambda)
    if (sphere.sinSigma === 0) return 0
    const before = lambda
    lambda = longitude + correction(sphere)
    if (Math.abs(lambda - before) < enough) return lengthOn(sphere)
  }
  return haversine(radians(lat1), radians(lat2), longitude)
}

function onSphere(u1: number, u2: number, lambda: number): Sphere {
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)]
  const sinSigma = Math.hypot(cos2 * Math.sin(lambda), cos1 * sin2 - sin1 * cos2 * Math.cos(lambda))
  const cosSigma = sin1 * sin2 + cos1 * cos2 * Math.cos(lambda)
  const sinAlpha = sinSigma === 0 ? 0 : (cos1 * cos2 * Math.sin(lambda)) / sinSigma
  const cosSquaredAlpha = 1 - sinAlpha * sinAlpha
  // along the equator there is no such angle
  const cosTwoMiddle = cosSquaredAlpha === 0 ? 0 : cosSigma - (2 * sin1 * sin2) / cosSquaredAlpha
  return { sinSigma, cosSigma, sigma: Math.atan2(sinSigma, cosSigma), cosSquaredAlpha, cosTwoMiddle, sinAlpha }
}

function correction({ sinSigma, cosSigma, sigma, cosSquaredAlpha, cosTwoMiddle, sinAlpha }: Sphere): number {
  const c = (flattening / 16) * cosSquaredAlpha * (4 + flattening * (4 - 3 * cosSquaredAlpha))
  return (1 - c) * flattening * sinAlpha * (sigma + c * sinSigma * (cosTwoMiddle + c * cosSigma * (2 * cosTwoMiddle ** 2 - 1)))
}

function lengthOn({ sinSigma, cosSigma, sigma, cosSquaredAlpha, cosTwoMiddle }: Sphere): number {
  const uSquared = (cosSquaredAlpha * (major ** 2 - minor ** 2)) / minor ** 2
  const a = 1 + (uSquared / 16_384) * (4096 + uSquared * (-768 + uSquared * (320 - 175 * uSquared)))
  const b = (uSquared / 1024) * (256 + uSquared * (-128 + uSquared * (74 - 47 * uSquared)))
  const inner = cosSigma * (2 * cosTwoMiddle ** 2 - 1) - (b / 6) * cosTwoMiddle * (4 * sinSigma ** 2 - 3) * (4 * cosTwoMiddle ** 2 - 3)
  return minor * a * (sigma - b * sinSigma * (cosTwoMiddle + (b / 4) * inner))
}

function haversine(lat1: number, lat2: number, longitude: number): number {
  const half = Math.sin((lat2 - lat1) / 2) ** 2 + Math.cos(lat1) * Math.cos(lat2) * Math.sin(longitude / 2) ** 2
  return 2 * meanRadius * Math.asin(Math.min(1, Math.sqrt(half)))
}

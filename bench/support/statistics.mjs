export function median(numbers) {
  return quantile(numbers, 0.5);
}

export function quantile(numbers, q) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at % 1);
}

/** Of many measurements: half of them lie between the two quartiles. */
export function quartiles(numbers) {
  return { median: median(numbers), q1: quantile(numbers, 0.25), q3: quantile(numbers, 0.75) };
}

/** Of a few, where quartiles would say little. */
export function range(numbers) {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

/**
 * How steeply y grows with x, on logarithmic axes: 1 is in proportion, 2 with the square. By least
 * squares; undefined where fewer than two points are above 0.
 *
 * @param points - pairs of x and y
 */
export function logLogSlope(points) {
  const logs = points.filter(([x, y]) => x > 0 && y > 0).map((point) => point.map(Math.log));
  if (logs.length < 2) return undefined;
  const [meanX, meanY] = [0, 1].map((i) => mean(logs.map((point) => point[i])));
  const covariance = mean(logs.map(([x, y]) => (x - meanX) * (y - meanY)));
  return covariance / mean(logs.map(([x]) => (x - meanX) ** 2));
}

function mean(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

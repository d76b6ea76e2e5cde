// Colours of roles: their own where they are seen, a readable neighbour where they are read.

const GROUNDS = { dark: [60, 62, 65], light: [228, 229, 231] }; // the least favourable grounds on which names stand: hovered rows
const READABLE = 4.6; // WCAG's AA asks for 4.5

/** A Discord colour (0xRRGGBB) in CSS, or null for "no colour". */
export function css(colour) {
  return colour ? `#${colour.toString(16).padStart(6, "0")}` : null;
}

/** Custom properties for a name in a role's colour: moved towards white or black until it can be read on either theme's ground. */
export function nameColours(colour) {
  if (!colour) return {};
  const rgb = [colour >> 16, (colour >> 8) & 255, colour & 255];
  return { "--on-light": readable(rgb, GROUNDS.light, 0), "--on-dark": readable(rgb, GROUNDS.dark, 255) };
}

/** The colour of an avatar, always the same for one id; white can be read on each. */
export function avatarColour(id) {
  return AVATARS[Number(BigInt(id) % BigInt(AVATARS.length))];
}

const AVATARS = ["#5865f2", "#757e8a", "#2b8a57", "#b3611d", "#d33c44", "#b0438f", "#2d7ea8", "#7a55c7"];

function readable(rgb, ground, towards) {
  let colour = rgb;
  for (let step = 1; contrast(colour, ground) < READABLE && step <= 20; step += 1) {
    colour = rgb.map((part) => Math.round(part + ((towards - part) * step) / 20));
  }
  return `rgb(${colour.join(" ")})`;
}

function contrast(first, second) {
  const [low, high] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

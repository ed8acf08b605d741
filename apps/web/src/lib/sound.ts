/** Two short tones up for a check-in, one low tone for a refusal. Drawn by the browser: no file, no network. */
const melodies = {
  accepted: [
    { hertz: 660, atMs: 0 },
    { hertz: 880, atMs: 110 },
  ],
  refused: [{ hertz: 220, atMs: 0 }],
} as const;

let audio: AudioContext | undefined;

/** Plays where the browser lets it; a page that may not sound yet stays silent. */
export function play(name: keyof typeof melodies): void {
  try {
    audio ??= new AudioContext();
    for (const { hertz, atMs } of melodies[name]) {
      const start = audio.currentTime + atMs / 1_000;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.12, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.16);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.17);
    }
  } catch {
    // No sound device: the mark on the page says the same.
  }
}

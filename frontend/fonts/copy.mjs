// Copies the few typefaces that printed papers use, and their licence, to linli/prints/fonts.
import { constants, copyFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const from = join(here, "node_modules", "@expo-google-fonts");
const to = join(here, "..", "..", "linli", "prints", "fonts");

const files = {
  "NotoSansSC-Regular.ttf": "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
  "NotoSansSC-Bold.ttf": "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
  "NotoSerifSC-Bold.ttf": "noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf",
  "OFL-NotoSansSC.txt": "noto-sans-sc/LICENSE_FONT",
  "OFL-NotoSerifSC.txt": "noto-serif-sc/LICENSE_FONT",
};

mkdirSync(to, { recursive: true });
for (const [name, source] of Object.entries(files)) {
  // By way of a second name, so that a stopped copy never leaves half a typeface.
  const half = join(to, `.${name}`);
  rmSync(half, { force: true });
  copyFileSync(join(from, source), half, constants.COPYFILE_FICLONE);
  renameSync(half, join(to, name));
}

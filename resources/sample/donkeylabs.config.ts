// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
import { defineConfig } from "@donkeylabs/server";

export default defineConfig({
  plugins: ["src/plugins/**/index.ts"],
  outDir: ".@donkeylabs/server",
  entry: "src/index.ts",
});

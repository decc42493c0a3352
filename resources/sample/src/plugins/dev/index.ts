// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: MIT-0
/**
 * Today's workaround for plugins that do not reload: import a plugin's module again, on request. It loads the new
 * code, but nobody uses it: the running service stays the old one, and modules that the plugin imports stay old too.
 * Paddock does what this plugin would like to do.
 */
import { createPlugin } from "@donkeylabs/server";

export const devPlugin = createPlugin.define({
  name: "dev",
  version: "1.0.0",

  service: async (ctx) => {
    const production = process.env.NODE_ENV === "production";

    return {
      /** Returns what the module exports. */
      async hotReload(pluginName: string): Promise<string[]> {
        if (production) return [];
        const module: object = await import(`../${pluginName}/index.ts?at=${Date.now()}`);
        ctx.core.logger.info(`Imported ${pluginName} again`);
        return Object.keys(module);
      },
    };
  },
});

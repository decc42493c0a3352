// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The bun that runs the tests also runs the servers.

export const BUN = process.execPath;

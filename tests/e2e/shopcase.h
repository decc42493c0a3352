// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtimes.h"

/// What `init()` and `cleanup()` of a suite do in which each test has a shop of its own. Where they fail, the test does
/// not run.
namespace paddock::test {

/// A workspace on the runtime of the row, without a session.
inline void openShop(std::unique_ptr<Shop> &shop)
{
    QFETCH_GLOBAL(Runtime, runtime);
    shop = std::make_unique<Shop>(runtime);
    QVERIFY2(shop->workspace.isValid(), qPrintable(shop->workspace.problem()));
}

inline void startShop(Shop &shop)
{
    if (shop.workspace.isValid())
        QVERIFY2(shop.start(), qPrintable(shop.dev->errorOutput()));
}

inline void closeShop(std::unique_ptr<Shop> &shop)
{
    if (QTest::currentTestFailed() && shop)
        shop->tell();
    shop.reset();
}

} // namespace paddock::test

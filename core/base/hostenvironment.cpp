// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hostenvironment.h"

#include <QCoreApplication>

namespace paddock {

void prepareHostEnvironment()
{
#ifdef PADDOCK_QT_PLUGINS
    QCoreApplication::addLibraryPath(QStringLiteral(PADDOCK_QT_PLUGINS)); // of no meaning where it was not built
    const QByteArray own = qgetenv("PADDOCK_HOST_LD_LIBRARY_PATH");
    if (own.isEmpty())
        qunsetenv("LD_LIBRARY_PATH"); // the loader has read it; later look-ups still use what it read
    else
        qputenv("LD_LIBRARY_PATH", own);
    qunsetenv("PADDOCK_HOST_LD_LIBRARY_PATH");
#endif
}

} // namespace paddock

// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "../cli/signals.h"
#include "base/hostenvironment.h"
#include "mainwindow.h"
#include "process/living.h"
#include "screenshots.h"
#include "sessionsource.h"
#include "stallwatch.h"
#include "theme/theme.h"
#include "version.h"

#include <QCommandLineParser>
#include <QSettings>
#include <QTextStream>
#include <QThreadPool>

using namespace Qt::StringLiterals;

namespace {

constexpr int Usage = 2; // as the contract says
constexpr int NoDisplay = 1;

paddock::ui::ThemeChoice savedTheme()
{
    const QString name = QSettings().value("theme").toString();
    return name == "light"_L1  ? paddock::ui::ThemeChoice::Light
           : name == "dark"_L1 ? paddock::ui::ThemeChoice::Dark
                               : paddock::ui::ThemeChoice::System;
}

} // namespace

int main(int argc, char **argv)
{
    paddock::prepareHostEnvironment();
    // What needs no display is answered without one.
    QCommandLineParser parser;
    parser.setApplicationDescription(u"A development dashboard for TypeScript plugin servers."_s);
    parser.addPositionalArgument(u"workspace"_s, u"Folder of the workspace to open."_s, u"[WORKSPACE]"_s);
    parser.addOptions({{u"sample"_s, u"Open the sample workspace (a copy of your own)."_s},
                       {{u"h"_s, u"help"_s}, u"Show this help."_s},
                       {{u"v"_s, u"version"_s}, u"Show the version."_s}});
    QCommandLineOption screenshots(u"screenshots"_s, u"Write a picture of every view to DIR, then leave."_s, u"DIR"_s);
    screenshots.setFlags(QCommandLineOption::HiddenFromHelp);
    QCommandLineOption size(u"size"_s, u"Size of the window for --screenshots."_s, u"WxH"_s, u"1280x800"_s);
    size.setFlags(QCommandLineOption::HiddenFromHelp);
    parser.addOptions({screenshots, size});
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    QTextStream out(stdout);
    QTextStream err(stderr);
    if (arguments.contains(u"--version"_s) || arguments.contains(u"-v"_s)) {
        out << u"paddock "_s << QLatin1StringView(paddock::VERSION) << u'\n';
        return 0;
    }
    if (arguments.contains(u"--help"_s) || arguments.contains(u"-h"_s)) {
        out << u"Usage: paddock [--sample] [WORKSPACE]\n\n"_s
               u"A development dashboard for TypeScript plugin servers.\n\n"_s
               u"  WORKSPACE      folder of the workspace to open\n"_s
               u"  --sample       open the sample workspace (a copy of your own)\n"_s
               u"  --help         show this help\n"_s
               u"  --version      show the version\n\n"_s
               u"The options of every Qt program (-platform, -style, …) are understood too.\n"_s;
        return 0;
    }
    const bool needsDisplay = qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") && !arguments.contains(u"-platform"_s);
#ifdef Q_OS_LINUX
    if (needsDisplay && qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")) {
        err << u"paddock: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"_s
               u"  Without a window, use “paddockctl dev”.\n"_s;
        return NoDisplay;
    }
#endif

    StallWatch application(argc, argv);
    const paddock::process::EndOfChildren endOfChildren;
    QApplication::setOrganizationName(u"paddock"_s);
    QApplication::setApplicationName(u"paddock"_s);
    QApplication::setApplicationDisplayName(u"Paddock"_s);
    QApplication::setApplicationVersion(QLatin1StringView(paddock::VERSION));
    QApplication::setDesktopFileName(u"paddock"_s);
    QApplication::setWindowIcon(QIcon(u":/icons/paddock.svg"_s));
    if (!parser.parse(QApplication::arguments())) {
        err << u"paddock: "_s << parser.errorText() << u"\n  See “paddock --help”.\n"_s;
        return Usage;
    }
    const QStringList folders = parser.positionalArguments();
    if (folders.size() > 1 || (folders.size() == 1 && parser.isSet(u"sample"_s))) {
        err << u"paddock: one workspace at a time.\n  See “paddock --help”.\n"_s;
        return Usage;
    }

    paddock::ui::Theme theme;
    theme.setChoice(savedTheme());
    paddock::ui::MainWindow window(paddock::ui::sessionServices());
    QObject::connect(&window, &paddock::ui::MainWindow::left, &application, &QCoreApplication::quit);
    QApplication::setQuitOnLastWindowClosed(false);
    const paddock::cli::StopSignals signals_;
    QObject::connect(&signals_, &paddock::cli::StopSignals::received, &window, &paddock::ui::MainWindow::leave);
    if (parser.isSet(screenshots))
        window.resize(parser.value(size).section(u'x', 0, 0).toInt(), parser.value(size).section(u'x', 1).toInt());
    window.show();
    if (parser.isSet(u"sample"_s))
        window.openSample();
    else if (!folders.isEmpty())
        window.openWorkspace(folders.first());
    std::unique_ptr<QObject> camera;
    if (parser.isSet(screenshots))
        camera = takeScreenshots(&window, parser.value(screenshots));
    const int status = QApplication::exec();
    QThreadPool::globalInstance()->waitForDone(); // such as the doctor, which looks into databases
    return status;
}

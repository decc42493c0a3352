// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "logs/logline.h"
#include "options.h"

#include <QJsonObject>
#include <QString>

namespace paddock::cli {

enum class Ink { Plain, Strong, Faint, Good, Warn, Bad };

/// Writes what a command has to say: JSON to stdout and human text to stderr with --json, human text to stdout
/// otherwise. Text from a workspace or a server never carries control sequences to the terminal.
class Printer final
{
public:
    explicit Printer(const Invocation &invocation);

    /// One JSON document (or one line of a stream). Nothing without --json.
    void json(const QJsonObject &object) const;
    /// A line for people. Nothing with --quiet.
    void line(const QString &text) const;
    /// An error, with place and remedy, to stderr; with --json also as a document. Returns the exit status.
    int error(const Error &error) const;
    [[nodiscard]] QString paint(const QString &text, Ink ink) const;
    /// A line of somebody's output in its own colours; nothing else of it ever reaches the terminal.
    [[nodiscard]] QString coloured(const QString &text, const QList<logs::Span> &spans) const;
    [[nodiscard]] bool isJson() const { return m_json; }

    /// Without control characters; tabs stay.
    [[nodiscard]] static QString safe(const QString &text);

private:
    bool m_json;
    bool m_quiet;
    bool m_color;
};

} // namespace paddock::cli

// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "logs/linesplitter.h"
#include "logs/logline.h"

#include <QHash>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace paddock::logs {

/// Replaces secrets by `***` before anything is stored or shown: passwords in connection strings, bearer tokens, values
/// that follow a telling name (`password=…`, `"apiKey": "…"`), well-known token shapes, private keys' lines, and given
/// values. One pass over the text, in time linear to its length. A value type; copies are cheap and safe on any thread.
class SecretMasker final
{
public:
    SecretMasker() = default;
    explicit SecretMasker(const QStringList &values); ///< values shorter than 6 characters are not taken

    /// The values of variables whose names look secret (…PASSWORD, …SECRET, …TOKEN, …KEY, DATABASE_URL's password, …).
    [[nodiscard]] static QStringList secretValues(const QProcessEnvironment &environment);
    /// The same from the text of a `.env` file.
    [[nodiscard]] static QStringList secretValues(const QString &dotEnv);

    [[nodiscard]] QString mask(const QString &text) const;
    void mask(QString &text, QList<Span> &spans) const; ///< spans keep covering what they covered

private:
    struct Range
    {
        qsizetype start, length;
    };
    [[nodiscard]] QList<Range> find(QStringView text) const;
    qsizetype literalAt(QStringView text, qsizetype at) const;

    QHash<quint64, QStringList> m_values; ///< by their first four characters, longest first
};

/// Whether a variable or field of this name usually holds a secret.
[[nodiscard]] bool looksSecret(QStringView name);

} // namespace paddock::logs

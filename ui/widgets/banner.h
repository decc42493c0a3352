// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "words.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace paddock::ui {

/// A message in the window: what happened, where, what to do, with buttons. It never blocks anything. Text is plain.
class Banner final : public QFrame
{
    Q_OBJECT

public:
    Banner(words::Tone tone, const QString &title, const QString &text, QWidget *parent = nullptr);

    class QPushButton *addAction(const QString &text, const QString &objectName, bool isDefault = false);
    void setText(const QString &title, const QString &text);
    void setClosable(bool closable);
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void dismissed();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    words::Tone m_tone;
    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_text;
    QHBoxLayout *m_buttons;
    QToolButton *m_close;
};

/// Banners below each other; a banner with a key replaces the earlier one with the same key.
class BannerStack final : public QWidget
{
    Q_OBJECT

public:
    explicit BannerStack(QWidget *parent = nullptr);

    Banner *show(const QString &key, words::Tone tone, const QString &title, const QString &text);
    Banner *showError(const QString &key, const Error &error);
    void remove(const QString &key);
    void clear();
    [[nodiscard]] Banner *banner(const QString &key) const;
};

} // namespace paddock::ui

// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QListWidget;
class QVBoxLayout;

namespace paddock::ui {

class BannerStack;

/// What a window without a workspace shows: what Paddock does, the sample, a folder, recent workspaces.
class WelcomePage final : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePage(QWidget *parent = nullptr);

    void setRecent(const QStringList &folders); ///< newest first
    [[nodiscard]] BannerStack *banners() const { return m_banners; }

Q_SIGNALS:
    void sampleRequested();
    void folderRequested();
    void workspaceRequested(const QString &folder);
    void forgetRequested(const QString &folder);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    BannerStack *m_banners;
    QListWidget *m_recent;
    QWidget *m_recentBox;
};

} // namespace paddock::ui
